! STOP with a number is the exit status; what was written before is written out.
program fortran_stop
    implicit none
    character(len=32) :: value
    integer :: length, status
    call get_environment_variable('ABI_TEST', value, length, status)
    print '(a, a)', 'environment ', value(1:length)
    print '(a, i0)', 'arguments ', command_argument_count()
    stop 3
end program
