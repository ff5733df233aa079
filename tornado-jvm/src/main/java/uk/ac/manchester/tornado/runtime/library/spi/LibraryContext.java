package uk.ac.manchester.tornado.runtime.library.spi;

/// What a provider keeps for a device and a plan.
public interface LibraryContext {}
