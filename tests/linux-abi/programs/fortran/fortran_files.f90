! Files: formatted, unformatted, direct access, streams, inquiry, errors by iostat.
program fortran_files
    implicit none
    character(len=500) :: folder
    character(len=32) :: word
    integer :: unit, i, status, number
    real(8) :: x
    logical :: there
    call get_command_argument(1, folder)
    open (newunit=unit, file=trim(folder)//'/formatted', action='write', status='new')
    do i = 1, 100
        write (unit, '(i6, f12.4)') i, sqrt(real(i, 8))
    end do
    close (unit)
    open (newunit=unit, file=trim(folder)//'/formatted', action='read', status='old')
    i = 0
    do
        read (unit, *, iostat=status) number, x
        if (status /= 0) exit
        i = i + number
    end do
    print '(a, i0, a, l1)', 'sum ', i, ', at the end: ', is_iostat_end(status)
    rewind (unit)
    read (unit, *) number, x
    print '(a, i0)', 'after rewind ', number
    close (unit, status='delete')
    inquire (file=trim(folder)//'/formatted', exist=there)
    print '(a, l1)', 'deleted: ', .not. there
    open (newunit=unit, file=trim(folder)//'/records', access='direct', recl=8, form='unformatted')
    do i = 20, 1, -1
        write (unit, rec=i) real(i*i, 8)
    end do
    read (unit, rec=7) x
    print '(a, f6.1)', 'record', x
    close (unit)
    open (newunit=unit, file=trim(folder)//'/stream', access='stream', form='unformatted')
    write (unit) 'abcdefgh', 12345
    read (unit, pos=9) number
    print '(a, i0)', 'stream ', number
    inquire (unit=unit, size=i)
    print '(a, i0)', 'size ', i
    close (unit)
    open (newunit=unit, file=trim(folder)//'/sequential', form='unformatted')
    write (unit) 1, 2, 3
    write (unit) 'record'
    rewind (unit)
    read (unit) i
    read (unit) word(1:6)
    print '(a, i0, 1x, a)', 'sequential ', i, word(1:6)
    close (unit)
    open (newunit=unit, file=trim(folder)//'/missing/file', iostat=status, action='read', status='old')
    print '(a, l1)', 'missing: ', status /= 0
end program
