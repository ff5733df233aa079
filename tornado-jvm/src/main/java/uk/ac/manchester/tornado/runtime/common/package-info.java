/// The runtime's view of devices.
package uk.ac.manchester.tornado.runtime.common;
