! OpenMP from Fortran: loops, reductions, private data, workshare, tasks.
program fortran_openmp
    use omp_lib
    implicit none
    integer, parameter :: size = 100000
    integer :: i, threads, total
    integer(8) :: sum
    real(8) :: x(size), largest
    threads = 0
    total = 0
    !$omp parallel reduction(+:total)
    total = total + 1
    !$omp single
    threads = omp_get_num_threads()
    !$omp end single
    !$omp end parallel
    print '(a, l1)', 'everybody counted: ', total == threads .and. threads == omp_get_max_threads()
    sum = 0
    !$omp parallel do reduction(+:sum) schedule(dynamic, 100)
    do i = 1, size
        x(i) = sin(real(i, 8))
        sum = sum + i
    end do
    !$omp end parallel do
    print '(a, i0)', 'sum ', sum
    largest = -2
    !$omp parallel do reduction(max:largest)
    do i = 1, size
        largest = max(largest, x(i))
    end do
    print '(a, f10.8)', 'largest ', largest
    !$omp parallel workshare
    x = x*2
    !$omp end parallel workshare
    print '(a, f12.8)', 'doubled', x(1)
    total = 0
    !$omp parallel
    !$omp single
    do i = 1, 50
        !$omp task firstprivate(i) shared(total)
        !$omp atomic
        total = total + i
        !$omp end task
    end do
    !$omp end single
    !$omp end parallel
    print '(a, i0)', 'tasks ', total
end program
