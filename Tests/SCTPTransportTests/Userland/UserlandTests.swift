#if UserlandSCTP
    import Testing

    /// All tests of the userland backend, one after another: usrsctp is one per process, and the tests count its associations.
    @Suite(.serialized, .timeLimit(.minutes(2)))
    struct UserlandTests {}
#endif
