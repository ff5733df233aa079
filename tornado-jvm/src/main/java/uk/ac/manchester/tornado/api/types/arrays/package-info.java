/// Off-heap arrays in TornadoVM's layout.
package uk.ac.manchester.tornado.api.types.arrays;
