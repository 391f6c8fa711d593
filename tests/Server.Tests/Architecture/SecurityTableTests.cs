using System.Text;
using System.Text.RegularExpressions;

namespace Renexus.Server.Tests.Architecture;

/// <summary>
/// docs/security/requirements.md: each rule and the tests that carry its id. <c>.ci/run</c> reads the page after the tests and counts a
/// rule as failed when one of its tests failed or did not run.
/// </summary>
public sealed partial class SecurityTableTests
{
    private const string Page = "docs/security/requirements.md";

    [Fact]
    public void The_page_of_security_rules_is_what_the_tests_carry()
    {
        var page = Write(TestsById());
        var path = Path.Combine(Repository.Root, Page);
        if (Environment.GetEnvironmentVariable("RENEXUS_WRITE_DOCS") == "1")
            File.WriteAllText(path, page);

        Assert.True(File.ReadAllText(path) == page, $"{Page} is not what the tests carry: run this test with RENEXUS_WRITE_DOCS=1 and commit the page.");
    }

    [Fact]
    public void Every_rule_has_a_test()
    {
        var tests = TestsById();

        Findings.None(SecurityRows.All.SelectMany(group => group.Rows).Where(row => !tests.Contains(row.Id)).Select(row => $"{row.Id} has no test: {row.Rule}"));
    }

    private static string Write(ILookup<string, string> tests)
    {
        var page = new StringBuilder("""
            # Security rules and their tests

            Made from the ids that tests carry (`[Trait("security", "SEC-…")]`) by `SecurityTableTests`; run it with `RENEXUS_WRITE_DOCS=1` to make it anew. After a full test run
            `.ci/run` goes through this table: a rule one of whose tests failed or did not run counts as failed.

            """);
        foreach (var (group, rows) in SecurityRows.All)
        {
            page.Append('\n').Append("## ").Append(group).Append("\n\n| id | rule | tests |\n|---|---|---|\n");
            foreach (var (id, rule) in rows)
                page.Append("| ").Append(id).Append(" | ").Append(rule).Append(" | ").AppendJoin(", ", tests[id].Select(test => $"`{test}`")).Append(" |\n");
        }
        return page.ToString();
    }

    // A class, or a class and a method, in the order of their names; of an abstract class the ones that run in its name.
    private static ILookup<string, string> TestsById()
    {
        var sources = SourceTree.Read("tests", "*.cs").Select(file => file.Text).ToArray();
        var isAbstract = sources.SelectMany(source => Abstract().Matches(source)).Select(type => type.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        var heirs = sources.SelectMany(source => Heir().Matches(source)).ToLookup(type => type.Groups["base"].Value, type => type.Groups["name"].Value);

        return sources.SelectMany(Carried)
            .SelectMany(carried => Run(carried.Test).Select(test => (carried.Id, Test: test)))
            .Distinct().OrderBy(carried => carried.Test, StringComparer.Ordinal).ToLookup(carried => carried.Id, carried => carried.Test);

        IEnumerable<string> Run(string test)
        {
            var name = test.Split('.')[0];
            return isAbstract.Contains(name) ? heirs[name].Select(heir => heir + test[name.Length..]) : [test];
        }
    }

    private static IEnumerable<(string Id, string Test)> Carried(string source)
    {
        var (name, waiting) = ("", new List<string>());
        foreach (var line in source.Split('\n'))
        {
            waiting.AddRange(Trait().Matches(line).Select(match => match.Groups["id"].Value));
            if (Class().Match(line) is { Success: true } type)
                name = type.Groups["name"].Value;
            var test = Class().IsMatch(line) ? name : Method().Match(line) is { Success: true } method ? $"{name}.{method.Groups["name"].Value}" : null;
            if (test is null)
                continue;
            foreach (var id in waiting)
                yield return (id, test);
            waiting.Clear();
        }
    }

    [GeneratedRegex(@"Trait\(""security"",\s*""(?<id>SEC-[A-Z]+-\d+)""\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Trait();

    [GeneratedRegex(@"^public (?:sealed |abstract |partial )*class (?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Class();

    [GeneratedRegex(@"^public abstract (?:partial )?class (?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Abstract();

    [GeneratedRegex(@"^public (?:sealed |partial )*class (?<name>\w+)(?:\(.*\))? : (?<base>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Heir();

    [GeneratedRegex(@"^    public (?:async |static )*(?:Task|ValueTask|void) (?<name>\w+)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Method();
}
