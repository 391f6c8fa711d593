using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Renexus.Server.Tests.Gateway;

/// <summary>A handler costs nothing before somebody asks for it.</summary>
public sealed class HandlersOnDemandTests : IAsyncDisposable
{
    private readonly WebApplication app = WebApplication.CreateSlimBuilder().Build();

    [Fact]
    public async Task The_first_requests_make_a_handler_ready_once()
    {
        var made = 0;
        app.MapGet("/", (HttpContext context) => context.Response.WriteAsync("ready")).AddEndpointFilterFactory((_, next) =>
        {
            Interlocked.Increment(ref made);
            return next;
        });
        var endpoint = Assert.Single(Endpoints());
        Assert.Equal(0, made);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            using var body = new MemoryStream();
            var context = new DefaultHttpContext { RequestServices = app.Services, Response = { Body = body } };
            await endpoint.RequestDelegate!(context);
            Assert.Equal("ready"u8, body.ToArray());
        })));

        Assert.Equal(1, made);
    }

    [Fact]
    public void A_handler_that_cannot_be_bound_is_found_before_any_request()
    {
        app.MapGet("/", (Exception first, Exception second) => first.Message + second.Message);

        var failure = Assert.Throws<InvalidOperationException>(() => Endpoints().ToList());

        Assert.Contains("second", failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IEnumerable<Endpoint> Endpoints() => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints);
}
