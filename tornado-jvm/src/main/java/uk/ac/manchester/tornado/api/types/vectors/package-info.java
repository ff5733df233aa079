/// Short vectors of numbers.
package uk.ac.manchester.tornado.api.types.vectors;
