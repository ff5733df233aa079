/// Vectors of private memory.
package uk.ac.manchester.tornado.api.types.collections;
