/// TornadoVM's programming interface on the plain JVM: the part that Octolift uses, with
/// TornadoVM's names and signatures and an implementation of its own. What is public here is
/// public there. The rest of this package is the device: a memory in which every array has its
/// copy, and work-items that run one at a time, in a fixed order.
package uk.ac.manchester.tornado.api;
