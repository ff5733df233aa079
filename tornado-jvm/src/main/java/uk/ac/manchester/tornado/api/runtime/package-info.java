/// The runtime: which backends and devices there are.
package uk.ac.manchester.tornado.api.runtime;
