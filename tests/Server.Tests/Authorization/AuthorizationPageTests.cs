using System.Text;
using Renexus.Server.Gateway;
using Renexus.Server.Tests.Architecture;

namespace Renexus.Server.Tests.Authorization;

/// <summary>The table in docs/security/authorization.md is written from the code; <c>RENEXUS_UPDATE=1</c> writes it anew.</summary>
[Trait("security", "ASVS-8.1.1")]
public sealed class AuthorizationPageTests
{
    private const string Begin = "<!-- the operations: written by AuthorizationPageTests -->";
    private const string End = "<!-- end of the operations -->";

    [Fact]
    [Trait("security", "SEC-AUTHZ-01")]
    public void The_page_has_every_operation_as_the_table_has_it()
    {
        var path = Path.Combine(Repository.Root, "docs", "security", "authorization.md");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var table = Table();

        if (Environment.GetEnvironmentVariable("RENEXUS_UPDATE") is "1")
            File.WriteAllText(path, page[..begin] + table + page[end..]);
        else
            Assert.Equal(table, page[begin..end]);
    }

    private static string Table()
    {
        var text = new StringBuilder("\n| operation | owner | admin | editor | viewer | nobody here | not signed in | besides |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var operation in Judgement.All)
        {
            text.Append("| `").Append(operation.Name).Append("` |");
            foreach (var asker in (Asker[])[Asker.Owner, Asker.Admin, Asker.Editor, Asker.Viewer, Asker.Stranger, Asker.Anonymous])
                text.Append(' ').Append(Cell(operation, asker)).Append(" |");
            text.Append(' ').Append(Besides(operation)).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Cell(Operation operation, Asker asker) => Judgement.Of(operation, asker, Scene.Open) switch
    {
        Verdict.Allowed => "yes",
        Verdict.NotSignedIn => "401",
        Verdict.Invisible => "404",
        Verdict.Forbidden => "403",
        _ => "400",
    };

    private static string Besides(Operation operation) => operation.About switch
    {
        About.Oneself => "one's own alone; of others 404",
        About.Token => "by the secret in the link",
        About.Installation => "operators",
        _ => string.Join("; ", ((string?[])
        [
            operation.Own is { } own ? $"one's own: {Roles(own)}" : null,
            operation.OfOwners is { } owners ? $"of an owner: {Roles(owners)}" : null,
            operation.About is About.InThread ? "private: participants alone" : null,
        ]).OfType<string>()),
    };

    private static string Roles(Permission permission) => string.Join(", ", Permissions.RolesFor(permission));
}
