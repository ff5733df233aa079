/// Programs on TornadoVM: which devices there are.
package org.octolift.engine.tornado;
