using System.Text.RegularExpressions;

namespace Renexus.Browser.Tests;

/// <summary>The page of what is done by keyboard alone, against the tests it names.</summary>
[Trait("spec", "UI-3")]
public sealed partial class KeyboardTasksTests
{
    [Fact]
    public void Each_of_the_tasks_names_a_test_that_is_there()
    {
        var page = File.ReadAllText(WebDirectory.PathTo("..", "docs", "keyboard.md"));
        var named = Names().Matches(page).Select(match => match.Groups["test"].Value).ToList();
        var there = typeof(KeyboardTasksTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}"));
        Assert.Equal(23, named.Count);
        Assert.Empty(named.Except(there));
    }

    [GeneratedRegex(@"\| `(?<test>\w+\.\w+)` \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Names();
}
