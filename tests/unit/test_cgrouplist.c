/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Empty so far. */
int main(void)
{
	return 0;
}
