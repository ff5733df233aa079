/// What those implement who bring native libraries to task graphs.
package uk.ac.manchester.tornado.runtime.library.spi;
