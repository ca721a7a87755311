! IEEE arithmetic: infinities, NaN, flags, kinds up to 16 bytes, and the complex functions.
program fortran_exceptions
    use, intrinsic :: ieee_arithmetic
    implicit none
    real(8) :: zero, x
    real(16) :: q
    complex(8) :: z
    logical :: raised
    zero = 0
    call ieee_set_flag(ieee_all, .false.)
    x = 1/zero
    call ieee_get_flag(ieee_divide_by_zero, raised)
    print '(a, 2l2)', 'infinite, raised', .not. ieee_is_finite(x), raised
    x = zero/zero
    print '(a, l2)', 'not a number', ieee_is_nan(x)
    q = 1
    q = q/3
    print '(a, f36.32)', 'quadruple', q
    z = exp((0d0, 3.14159265358979d0))
    print '(a, 2f10.6)', 'complex', z
    print '(a, f10.6)', 'gamma', gamma(4.5d0)
    print '(a, f10.6)', 'bessel', bessel_j0(1.0d0)
    call ieee_set_flag(ieee_all, .false.)
end program
