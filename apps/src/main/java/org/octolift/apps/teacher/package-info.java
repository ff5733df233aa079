/// A small image parser, trained here: it takes the place of a large one whose weights are not at
/// hand.
package org.octolift.apps.teacher;
