using Microsoft.Playwright;
using Renexus.Browser.Tests.Shell;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Offline;

/// <summary>The same app where no socket gets through, and where nothing but requests does.</summary>
[Trait("spec", "RT-8")]
public sealed class TransportTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    // As a proxy behaves that knows nothing of sockets.
    private const string NoSockets = """
        window.WebSocket = class {
          static OPEN = 1
          constructor() { setTimeout(() => this.onclose?.({ code: 1006 })) }
          close() {}
        }
        """;

    [Theory]
    [InlineData("socket", "/ws")]
    [InlineData("events", "/api/events")]
    [InlineData("polls", "/api/poll")]
    public async Task Two_people_talk_over_every_transport(string way, string used)
    {
        var page = await chromium.OpenAsync(server.Address);
        if (way != "socket")
            await page.Context.AddInitScriptAsync(NoSockets);
        if (way == "polls")
            await page.Context.RouteAsync("**/api/events?*", route => route.AbortAsync());
        var isUsed = new TaskCompletionSource();
        page.Request += (_, request) => Note(request.Url);
        page.WebSocket += (_, socket) => Note(socket.Url);
        void Note(string url)
        {
            if (new Uri(url).AbsolutePath == used)
                isUsed.TrySetResult();
        }

        var ada = await Workspace.EnterAsync(page, "Launch");
        await ada.OpenThreadAsync("Launch");
        await ada.SeesAsync("Connected");
        await isUsed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var bob = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Bob Babbage");
        var thread = page.Url;
        await ada.InviteAsync(bob);
        await page.GotoAsync(thread);
        await bob.Page.GotoAsync(thread);
        await ada.SeesAsync("Connected");

        await ada.SayAsync("first");
        await bob.ReadsAsync("first");
        await bob.SayAsync("second");
        await ada.ReadsAsync("first", "second");
        await bob.SayAsync("third");
        await ada.ReadsAsync("first", "second", "third");
        await Assertions.Expect(page.GetByText("Waiting to be sent")).ToHaveCountAsync(0);

        await ada.SeesAsync("Connected");
    }
}
