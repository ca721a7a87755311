// The smallest program: nothing in it knows what it runs on.
#include <iostream>

int main() {
    std::cout << "hello from a library OS\n";
}
