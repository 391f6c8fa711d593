using System.Text.RegularExpressions;

namespace Renexus.Server.Tests.Architecture;

/// <summary>The numbered rules of docs/spec and the tests that carry their numbers belong together.</summary>
public sealed partial class RuleTests
{
    [Fact]
    public void Every_rule_has_a_test_and_every_test_that_names_a_rule_has_one()
    {
        var rules = SourceTree.Read("docs/spec", "*.md").SelectMany(page => Rule().Matches(page.Text).Select(match => match.Groups["it"].Value)).ToArray();
        var prefixes = rules.Select(rule => rule.TrimEnd("0123456789".ToCharArray())).Distinct().ToArray();
        var tested = SourceTree.Read("tests", "*.cs").SelectMany(file => Tested().Matches(file.Text))
            .Concat(SourceTree.Read("web/src", "*.test.ts").SelectMany(file => TestedInTypeScript().Matches(file.Text)))
            .Select(match => match.Groups["it"].Value)
            .Where(rule => prefixes.Contains(rule.TrimEnd("0123456789".ToCharArray())))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal(rules.Length, rules.Distinct().Count());
        Assert.Empty(rules.Except(tested));
        Assert.Empty(tested.Except(rules));
    }

    [Fact]
    public void Code_that_cites_a_rule_cites_one_that_exists()
    {
        var rules = SourceTree.Read("docs/spec", "*.md").SelectMany(page => Rule().Matches(page.Text).Select(match => match.Groups["it"].Value)).ToHashSet();
        var files = SourceTree.Read("src", "*.cs").Concat(SourceTree.Read("src", "*.sql"));

        Assert.All(files, file => Assert.All(
            Cited().Matches(file.Text).Select(match => match.Groups["it"].Value),
            cited => Assert.True(rules.Contains(cited), $"{file.Path} cites {cited}.")));
    }

    [GeneratedRegex(@"\*\*(?<it>[A-Z]{2}\d+)\*\*", RegexOptions.ExplicitCapture)]
    private static partial Regex Rule();

    [GeneratedRegex(@"\b(?<it>[A-Z]{2}\d+)(?:_|"")", RegexOptions.ExplicitCapture)]
    private static partial Regex Tested();

    [GeneratedRegex(@"\bit\('(?<it>[A-Z]{2}\d+) ", RegexOptions.ExplicitCapture)]
    private static partial Regex TestedInTypeScript();

    [GeneratedRegex(@"\b(?<it>(?:CH|RL|GC|SK)\d+)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Cited();
}
