/// The commands of the command line.
package org.octolift.apps.commands;
