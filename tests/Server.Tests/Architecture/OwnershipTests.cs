using System.Text.RegularExpressions;
using Renexus.Engine.Changes;

namespace Renexus.Server.Tests.Architecture;

/// <summary>Who writes where, and what the lower layers must not know; who reads whom is <see cref="FeatureBoundaryTests"/>.</summary>
public sealed partial class OwnershipTests
{
    /// <summary>Written by others than the feature whose schema it is in, and by whom.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        // The gateway verifies access tokens by keys that are kept with the accounts.
        ["accounts.signing_key"] = "Gateway",
        // Mails have a schema of their own; no feature is behind them.
        ["mail.letter"] = "Mail",
        ["secrets.key"] = "Gateway",
    };

    [Fact]
    public void A_statement_writes_only_its_own_schema_and_appends_to_the_log_only_in_the_engines_words()
    {
        var wrong =
            from found in Statements.All
            let isOfEngine = found.Owner.Assembly == typeof(ChangeLog).Assembly
            let isOfGateway = found.Owner.Namespace!.StartsWith("Renexus.Server.Gateway", StringComparison.Ordinal)
            let own = isOfEngine ? (found.Owner.Namespace!.EndsWith(".Jobs", StringComparison.Ordinal) ? "jobs" : "engine") : isOfGateway ? "gateway" : found.Feature?.ToLowerInvariant()
            from written in Write().Matches(found.Statement.Text.Replace(ChangeLog.AppendPlaced, "", StringComparison.Ordinal)).Select(match => match.Groups["table"].Value)
            where written.Split('.')[0] != own && !(Exceptions.GetValueOrDefault(written) is { } who && found.Owner.Namespace!.Contains(who, StringComparison.Ordinal))
            select $"{found.Owner.Name}: {found.Statement.Name} writes {written}";

        Findings.None(wrong);
    }

    [Fact]
    public void The_engine_names_neither_the_server_nor_a_feature()
    {
        var wrong = SourceTree.Read("src/Renexus.Engine", "*.cs").Where(file => OutsideOfEngine().IsMatch(file.Text)).Select(file => file.Path);

        Findings.None(wrong);
    }

    [Fact]
    public void Contracts_and_engine_depend_on_no_project_and_the_client_on_contracts_alone()
    {
        static string[] ReferencesOf(string project) =>
            [.. ProjectReference().Matches(SourceTree.Read($"src/{project}", "*.csproj").Single().Text).Select(match => match.Groups["name"].Value)];

        Assert.Empty(ReferencesOf("Renexus.Contracts"));
        Assert.Empty(ReferencesOf("Renexus.Engine"));
        Assert.Equal(["Renexus.Contracts"], ReferencesOf("Renexus.Client"));
    }

    [GeneratedRegex(@"\b(insert\s+into|update|delete\s+from)\s+(?<table>[a-z_]+\.[a-z_]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Write();

    [GeneratedRegex(@"Renexus\.(Server|Contracts)|\b(accounts|workspaces|threads)\.[a-z_]", RegexOptions.ExplicitCapture)]
    private static partial Regex OutsideOfEngine();

    [GeneratedRegex(@"ProjectReference Include=""[^""]*?(?<name>[\w.]+)\.csproj""", RegexOptions.ExplicitCapture)]
    private static partial Regex ProjectReference();
}
