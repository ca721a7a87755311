! Formatted output and input: edit descriptors, internal files, list-directed, namelist.
program fortran_formats
    implicit none
    integer :: i, values(5)
    real(8) :: x
    character(len=40) :: text
    logical :: flag
    namelist /settings/ i, x, flag
    print '(i5, i0, i8.4)', 42, -7, 123
    print '(f10.3, es14.5, g12.4)', 3.14159d0, 12345.678d0, 0.001234d0
    print '(a, 1x, l1, 1x, z8)', 'text', .true., 48879
    print '(5(i3, :, ","))', (i*i, i=1, 5)
    write (text, '(f8.4)') 2.71828d0
    print '(a)', '['//trim(adjustl(text))//']'
    text = ' 10 20 30 40 50'
    read (text, *) values
    print '(a, i0)', 'sum ', sum(values)
    text = '3.5e2'
    read (text, *) x
    print '(f8.2)', x
    text = '12345678'
    read (text, '(i3, i5)') values(1:2)
    print '(2i8)', values(1:2)
    i = 5; x = 1.5d0; flag = .false.
    write (*, nml=settings)
    print '(b12.8, o8)', 37, 64
    print '(3(f6.2))', [1.0, 2.5, -3.25]
    print *, 'list', 1, .false.
end program
