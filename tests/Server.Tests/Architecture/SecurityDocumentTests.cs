using System.Globalization;
using System.Text.RegularExpressions;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Tests.Architecture;

/// <summary>What docs/security says is what the code does (ASVS 7.1.1, 8.1.1).</summary>
[Trait("security", "SEC-SESS-06")]
public partial class SecurityDocumentTests
{
    [Theory]
    [InlineData("sessions.md")]
    [InlineData("authentication.md")]
    [InlineData("external-identity.md")]
    [InlineData("outbound.md")]
    public void The_figures_are_the_defaults(string page)
    {
        var options = new RenexusOptions();
        var figures = Row().Matches(Read(page));
        Assert.True(figures.Count > 3, "The table was not found.");

        foreach (var row in figures.AsEnumerable())
        {
            object value = options;
            foreach (var part in row.Groups["name"].Value.Split(':').Skip(1))
                value = value.GetType().GetProperty(part)!.GetValue(value)!;
            Assert.Equal($"{row.Groups["name"].Value} {Convert.ToString(value, CultureInfo.InvariantCulture)}", $"{row.Groups["name"].Value} {row.Groups["value"].Value}");
        }
    }

    [Fact]
    [Trait("security", "SEC-AUTHZ-01")]
    public void The_permissions_are_the_tables()
    {
        var documented = Row().Matches(Read("authorization.md")).Select(r => $"{r.Groups["name"].Value}: {r.Groups["value"].Value}");

        Assert.Equal(Enum.GetValues<Permission>().Select(p => $"{p}: {string.Join(", ", Permissions.RolesFor(p))}"), documented);
    }

    [Fact]
    [Trait("security", "SEC-AUD-06")]
    public void The_actions_of_the_audit_trail_are_the_catalogues()
    {
        var documented = Action().Matches(Read("audit.md")).Select(r => $"{r.Groups["name"].Value}: {r.Groups["value"].Value}");

        Assert.Equal(AuditActions.All.Select(action => $"{action.Name}: {action.Event}"), documented);
    }

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "security", page));

    [GeneratedRegex(@"^\| `(?<name>[\w:]+)` \| `?(?<value>[^`|]+?)`? \|", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(?<name>[\w]+\.[\w]+)` \| `(?<value>\w+)` \|", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex Action();
}
