namespace Renexus.Server.Tests.Architecture;

/// <summary>What is wrong, one finding a line: an assertion on the collection would cut them short.</summary>
internal static class Findings
{
    public static void None(IEnumerable<string> findings)
    {
        var lines = findings.ToArray();
        Assert.True(lines.Length == 0, string.Join(Environment.NewLine, lines));
    }
}
