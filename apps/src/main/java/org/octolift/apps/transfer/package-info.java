/// What the project is about, on generated rooms: an image parser labels RGB-D images, a 3-D
/// network learns from these labels, and then needs few of its own.
package org.octolift.apps.transfer;
