/// Files below any meaning: written whole or not at all, read only after every size in them was
/// checked; arrays as NumPy keeps them, JSON, zip archives.
package org.octolift.engine.io;
