using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Server.Tests.Features;
using Renexus.Server.Tests.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Authorization;

/// <summary>A server with one person for each relation; workspaces are made for each question anew.</summary>
public class AuthorizationServer : TestServer
{
    private readonly Dictionary<Asker, TestUser> askers = [];

    /// <summary>Owns every workspace, and made what is not the asker's.</summary>
    public TestUser Host { get; private set; } = null!;

    /// <summary>A member whom others may change.</summary>
    public TestUser Target { get; private set; } = null!;

    public TestUser this[Asker asker] => askers[asker];

    /// <summary>What questions that change nothing are asked of.</summary>
    internal ConcurrentDictionary<StageSetting, Task<Stage>> Shared { get; } = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // The first person runs the installation, and none of these does.
        await SignedInAs("operator");
        Host = await SignedInAs("host");
        Target = await SignedInAs("target");
        foreach (var asker in Enum.GetValues<Asker>().Except([Asker.Ended, Asker.Anonymous]))
            askers[asker] = await SignedInAs(asker.ToString().ToLowerInvariant());
        await CreateThread(askers[Asker.Stranger], await CreateWorkspace(askers[Asker.Stranger]));

        var ended = await this.AnotherLogInAsync(askers[Asker.Owner]);
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ended.AccessToken);
        await client.PostAsync("/api/auth/logout", null).ShouldBeAsync(System.Net.HttpStatusCode.NoContent);
        askers[Asker.Ended] = askers[Asker.Owner] with { AccessToken = ended.AccessToken, Client = client };
        askers[Asker.Anonymous] = askers[Asker.Stranger] with { AccessToken = "", Client = Anonymous };
    }

    /// <summary>Every operation of the running server, as the table names it.</summary>
    internal IEnumerable<(string Name, RouteEndpoint Endpoint)> Endpoints() =>
        from endpoint in Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
        let path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            _ => "",
        }))))
        select ($"{method} {path}", endpoint);
}
