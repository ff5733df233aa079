/// Looks at prepared data sets: what they hold, and what is wrong with them.
package org.octolift.apps.check;
