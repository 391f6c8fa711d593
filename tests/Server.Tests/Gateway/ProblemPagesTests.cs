using System.Reflection;
using Renexus.Contracts;
using Renexus.Server.Gateway;

namespace Renexus.Server.Tests.Gateway;

[Trait("spec", "GW-3")]
public sealed class ProblemPagesTests
{
    [Fact]
    public void Every_kind_of_failure_has_its_page_and_every_page_its_kind()
    {
        var pages = typeof(ProblemCode).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("problems/", StringComparison.Ordinal)).Select(n => Path.GetFileNameWithoutExtension(n));

        Assert.Equal(ProblemCode.All.Select(p => p.Code).Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_page_begins_with_the_title_and_has_code_status_and_advice()
    {
        foreach (var problem in ProblemCode.All)
        {
            using var stream = typeof(ProblemCode).Assembly.GetManifestResourceStream($"problems/{problem.Code}.md")!;
            using var reader = new StreamReader(stream);
            var page = reader.ReadToEnd();

            Assert.StartsWith($"# {problem.Title}\n\n`{problem.Code}` · HTTP {problem.Status}\n", page, StringComparison.Ordinal);
            Assert.Contains("## What happened", page, StringComparison.Ordinal);
            Assert.Contains("## What to do", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_catalogue_is_complete_and_says_the_same_as_Contracts()
    {
        var declared = typeof(ProblemCode).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => f.GetValue(null)).OfType<ProblemCode>();
        var codes = typeof(ProblemCodes).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (string)f.GetRawConstantValue()!);

        Assert.Equal(ProblemCode.All.ToHashSet(), declared.ToHashSet());
        Assert.Equal(codes.Order(StringComparer.Ordinal), ProblemCode.All.Select(p => p.Code).Order(StringComparer.Ordinal));
    }
}
