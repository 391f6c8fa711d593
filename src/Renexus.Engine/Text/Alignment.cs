namespace Renexus.Engine.Text;

/// <summary>Finds the tokens of one text in another, in order: a longest common subsequence by Myers' algorithm (An O(ND) Difference Algorithm, 1986).</summary>
internal static class Alignment
{
    /// <summary>Texts that differ by more are not compared token by token: what lies between their common beginning and end counts as changed.</summary>
    private const int MostEdits = 1_500;

    /// <summary>For each token of <paramref name="from"/> its place in <paramref name="to"/>, or -1.</summary>
    public static int[] Of(string[] from, string[] to)
    {
        var places = new int[from.Length];
        Array.Fill(places, -1);
        var head = 0;
        while (head < from.Length && head < to.Length && string.Equals(from[head], to[head], StringComparison.Ordinal))
            places[head] = head++;
        var tail = 0;
        while (tail < from.Length - head && tail < to.Length - head && string.Equals(from[^(tail + 1)], to[^(tail + 1)], StringComparison.Ordinal))
        {
            tail++;
            places[from.Length - tail] = to.Length - tail;
        }
        Middle(from.AsSpan(head, from.Length - head - tail), to.AsSpan(head, to.Length - head - tail), head, places);
        return places;
    }

    private static void Middle(ReadOnlySpan<string> from, ReadOnlySpan<string> to, int offset, int[] places)
    {
        var (n, m) = (from.Length, to.Length);
        if (n == 0 || m == 0)
            return;
        // How far each diagonal was reached, after each number of edits.
        var most = Math.Min(n + m, MostEdits);
        var reach = new int[(2 * most) + 2];
        var history = new List<int[]>();
        for (var edits = 0; edits <= most; edits++)
        {
            for (var k = -edits; k <= edits; k += 2)
            {
                var x = k == -edits || (k != edits && reach[k - 1 + most] < reach[k + 1 + most]) ? reach[k + 1 + most] : reach[k - 1 + most] + 1;
                while (x < n && x - k < m && x - k >= 0 && string.Equals(from[x], to[x - k], StringComparison.Ordinal))
                    x++;
                reach[k + most] = x;
                if (x >= n && x - k >= m)
                {
                    Trace(history, edits, most, n, m, offset, places);
                    return;
                }
            }
            history.Add(reach.AsSpan(most - edits, (2 * edits) + 1).ToArray());
        }
    }

    /// <summary>Goes back from the end, along what was reached with one edit less each time.</summary>
    private static void Trace(List<int[]> history, int edits, int most, int n, int m, int offset, int[] places)
    {
        var (x, y) = (n, m);
        for (var d = edits; d > 0; d--)
        {
            var before = history[d - 1];
            int Reached(int diagonal) => diagonal < -(d - 1) || diagonal > d - 1 ? 0 : before[diagonal + d - 1];
            var k = x - y;
            var isDown = k == -d || (k != d && Reached(k - 1) < Reached(k + 1));
            var from = isDown ? k + 1 : k - 1;
            var (fromX, fromY) = (Reached(from), Reached(from) - from);
            while (x > fromX && y > fromY && !(isDown ? x == fromX && y == fromY + 1 : x == fromX + 1 && y == fromY))
            {
                x--;
                y--;
                places[offset + x] = offset + y;
            }
            (x, y) = (fromX, fromY);
        }
        while (x > 0 && y > 0)
        {
            x--;
            y--;
            places[offset + x] = offset + y;
        }
    }
}
