using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Tests.Architecture;
using Renexus.Testing;

namespace Renexus.Server.Tests.Authorization;

/// <summary>
/// The table of <see cref="Operations"/>, cell by cell, on a running server: each operation in each relation, over HTTP (SEC-AUTHZ-01).
/// Whatever the server offers and the table does not know fails.
/// </summary>
[Trait("spec", "OR-1")]
[Trait("security", "SEC-AUTHZ-01")]
public sealed class MatrixTests(AuthorizationServer server) : Matrix(server), IClassFixture<AuthorizationServer>
{
    public static TheoryData<string, Asker, Scene> Cells() => CellsOf(_ => true);

    [Fact]
    public void Every_operation_of_the_server_is_in_the_table_and_no_other_is()
    {
        var running = Server.Endpoints().Select(e => e.Name).Distinct().ToArray();
        var known = Operations.Rest.Select(o => o.Name).ToArray();

        Findings.None(running.Except(known).Select(name => $"{name} is not in Operations.Rest: say what it is about and what it takes."));
        Findings.None(known.Except(running).Select(name => $"{name} is in Operations.Rest, and the server does not know it."));
        Findings.None(known.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => $"{same.Key} is there twice."));
    }

    [Fact]
    public void Every_channel_and_every_write_on_one_is_in_the_table_and_no_other_is()
    {
        var channels = Server.Services.GetServices<ChannelRules>().ToDictionary(rules => rules.Kind, rules => rules.Name);
        var running = channels.Values.Select(name => $"subscribe {name}")
            .Concat(
                from writable in Server.Services.GetServices<IEnumerable<WritableResource>>().SelectMany(some => some)
                from op in (string[])["create", "update", "delete"]
                select $"{op} {writable.Resource} on {channels[writable.Kind]}")
            .Concat(Server.Services.GetServices<ChannelRules>().Where(rules => rules.Push is not null).Select(rules => $"push document on {rules.Name}"))
            .Concat(Server.Services.GetServices<ChannelRules>().SelectMany(rules => rules.Ephemeral.Select(news => $"{news.Op} on {rules.Name}")))
            .ToArray();
        var known = Operations.Realtime.Select(o => o.Name).ToArray();

        Findings.None(running.Except(known).Select(name => $"{name} is not in Operations.Realtime: say what it is about and what it takes."));
        Findings.None(known.Except(running).Select(name => $"{name} is in Operations.Realtime, and the server does not know it."));
    }

    [Fact]
    public void Only_what_the_table_opens_to_everybody_is_open()
    {
        var open = Server.Endpoints().Where(e => e.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => e.Name).Distinct();
        var meant = Operations.Rest.Where(o => o.About is About.Nothing or About.Token).Select(o => o.Name);

        Assert.Equal(meant.Order(), open.Order());
    }

    [Theory]
    [MemberData(nameof(Cells), DisableDiscoveryEnumeration = true)]
    [Trait("security", "SEC-AUTHZ-02")]
    public Task Each_operation_answers_each_relation_as_the_table_says(string name, Asker asker, Scene scene) => CheckAsync(name, asker, scene);
}

/// <summary>What is refused must be refused by the statements alone as well: the same with row-level security taken away.</summary>
[Trait("spec", "DB-4")]
[Trait("security", "SEC-RLS-05")]
public sealed class UnguardedMatrixTests(UnguardedMatrixTests.UnguardedServer server) : Matrix(server), IClassFixture<UnguardedMatrixTests.UnguardedServer>
{
    /// <summary>A server whose database has no row-level security: its policies are there and do nothing.</summary>
    public sealed class UnguardedServer : AuthorizationServer
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await using var command = Database.Login.CreateCommand("""
                do $$
                declare t regclass;
                begin
                  for t in select c.oid::regclass from pg_class c where c.relrowsecurity loop
                    execute format('alter table %s disable row level security', t);
                  end loop;
                end $$
                """);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }

    public static TheoryData<string, Asker, Scene> Cells() => CellsOf(verdict => verdict is Verdict.Invisible);

    [Theory]
    [MemberData(nameof(Cells), DisableDiscoveryEnumeration = true)]
    public Task What_is_not_there_for_somebody_is_not_there_without_the_second_wall(string name, Asker asker, Scene scene) => CheckAsync(name, asker, scene);
}

/// <summary>How a cell is tried.</summary>
public abstract partial class Matrix(AuthorizationServer server)
{
    protected AuthorizationServer Server { get; } = server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected static TheoryData<string, Asker, Scene> CellsOf(Func<Verdict, bool> isWanted)
    {
        var cells = new TheoryData<string, Asker, Scene>();
        foreach (var operation in Operations.Rest.Where(o => o.About is not About.Nothing))
        {
            foreach (var scene in Judgement.ScenesOf(operation))
            {
                foreach (var asker in Enum.GetValues<Asker>().Where(asker => isWanted(Judgement.Of(operation, asker, scene))))
                    cells.Add(operation.Name, asker, scene);
            }
        }

        return cells;
    }

    protected async Task CheckAsync(string name, Asker asker, Scene scene)
    {
        var operation = Operations.Rest.Single(o => o.Name == name);
        var verdict = Judgement.Of(operation, asker, scene);
        var pattern = name[(name.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        // One's own things are each feature's to test; here it counts that they are nobody else's.
        if (operation.About is About.Oneself && verdict is Verdict.Allowed)
        {
            if (!pattern.Contains('{', StringComparison.Ordinal))
                return;
            verdict = Verdict.Invisible;
        }

        var stage = await Stage.SetAsync(
            Server, operation, asker, scene, isChanged: verdict is Verdict.Allowed && !name.StartsWith("GET ", StringComparison.Ordinal));
        var before = await stage.MovesAsync();
        using var answer = await AskAsync(operation, stage.Fill(pattern), asker, scene, stage);
        var text = await answer.Content.ReadAsStringAsync(Stop);

        Assert.True(Expects(verdict, answer.StatusCode), $"{name}, {asker}, {scene}: expected {verdict}, got {(int)answer.StatusCode} {text}");
        if (verdict is Verdict.Allowed)
            return;

        Assert.Equal(before, await stage.MovesAsync());
        Assert.DoesNotContain("secret", text, StringComparison.OrdinalIgnoreCase);
        if (verdict is Verdict.Invisible)
        {
            using var nothing = await AskAsync(operation, Stage.FillAtRandom(pattern), asker, scene, stage);
            Assert.Equal(WithoutIds(await nothing.Content.ReadAsStringAsync(Stop)), WithoutIds(text));
            Assert.Equal(HeadersOf(nothing), HeadersOf(answer));
        }
    }

    private static bool Expects(Verdict verdict, HttpStatusCode status) => verdict switch
    {
        // Whoever may have a file is led to it.
        Verdict.Allowed => (int)status is >= 200 and < 300 || status is HttpStatusCode.Found,
        Verdict.NotSignedIn => status is HttpStatusCode.Unauthorized,
        Verdict.Invisible => status is HttpStatusCode.NotFound,
        Verdict.Forbidden => status is HttpStatusCode.Forbidden,
        _ => false,
    };

    private async Task<HttpResponseMessage> AskAsync(Operation operation, string address, Asker asker, Scene scene, Stage stage)
    {
        var method = new HttpMethod(operation.Name[..operation.Name.IndexOf(' ', StringComparison.Ordinal)]);
        using var request = new HttpRequestMessage(method, address);
        if (stage.BodyOf(operation, scene) is { } body)
            request.Content = JsonContent.Create(body);
        else if (Server.Endpoints().First(e => e.Name == operation.Name).Endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null)
            request.Content = JsonContent.Create(new { });
        return await Server[asker].Client.SendAsync(request, Stop);
    }

    private static string WithoutIds(string json)
    {
        var body = JsonNode.Parse(json)!.AsObject();
        body.Remove("traceId");
        return Id().Replace(body.ToJsonString(), "ID");
    }

    private static string HeadersOf(HttpResponseMessage answer) => string.Join(' ', answer.Headers.Concat(answer.Content.Headers)
        .Select(h => h.Key).Where(name => name is not "Date").Order(StringComparer.Ordinal));

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
