/// The demo: generates rooms, trains on them through the very path that `octolift segment` takes,
/// labels rooms the network has not seen, and writes a report.
package org.octolift.apps.demo;
