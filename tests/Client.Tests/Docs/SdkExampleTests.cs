using System.Runtime.CompilerServices;

namespace Renexus.Client.Tests.Docs;

[Trait("spec", "SB-2")]
public sealed class SdkExampleTests
{
    [Fact]
    public void The_example_of_the_documentation_is_the_one_that_compiles()
    {
        var compiled = Between(File.ReadAllLines(Here("SdkExample.cs")), "// example", "// end");
        var shown = Between(File.ReadAllLines(Here("../../../docs/sdk-csharp.md")), "```csharp example", "```");

        Assert.Equal(compiled, shown);
    }

    private static IEnumerable<string> Between(string[] lines, string first, string last) => lines
        .Select(line => line.Trim())
        .SkipWhile(line => line != first)
        .Skip(1)
        .TakeWhile(line => line != last);

    private static string Here(string path, [CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, path);
}
