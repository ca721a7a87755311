! Allocatable arrays, intrinsics on them, derived types, pointers, recursion.
module shapes
    implicit none
    type :: point
        real(8) :: x = 0, y = 0
    contains
        procedure :: length
    end type
contains
    pure real(8) function length(self)
        class(point), intent(in) :: self
        length = sqrt(self%x**2 + self%y**2)
    end function
    recursive integer(8) function factorial(n) result(f)
        integer, intent(in) :: n
        f = 1
        if (n > 1) f = n*factorial(n - 1)
    end function
end module
program fortran_arrays
    use shapes
    implicit none
    integer, allocatable :: numbers(:), copy(:)
    real(8), allocatable :: a(:, :), b(:, :), c(:, :)
    type(point) :: p
    real(8), pointer :: view(:)
    real(8), target :: field(10)
    integer :: i, status
    allocate (numbers(1000))
    numbers = [(mod(i*37, 101), i=1, 1000)]
    print '(a, 3(1x, i0))', 'sum, max, place', sum(numbers), maxval(numbers), maxloc(numbers)
    print '(a, i0)', 'count ', count(numbers > 50)
    copy = pack(numbers, numbers > 95)
    print '(a, i0)', 'packed ', size(copy)
    call move_alloc(copy, numbers)
    print '(a, l1, 1x, i0)', 'moved ', allocated(copy), size(numbers)
    allocate (a(60, 50), b(50, 40))
    do i = 1, 50
        a(:, i) = i
        b(i, :) = 1.0d0/i
    end do
    c = matmul(a, b)
    print '(a, f10.4, 2(1x, i0))', 'matmul', c(1, 1), shape(c)
    print '(a, f12.4)', 'transposed', sum(transpose(c))
    p = point(3, 4)
    print '(a, f6.2)', 'length', p%length()
    field = [(real(i, 8), i=1, 10)]
    view => field(2:10:3)
    view = -view
    print '(a, 10f6.1)', 'field', field
    print '(a, i0)', 'factorial ', factorial(15)
    allocate (numbers(5), stat=status)
    print '(a, l1)', 'allocating again fails: ', status /= 0
    deallocate (a, b, c)
    print '(a, l1)', 'deallocated: ', .not. allocated(a)
end program
