using Microsoft.Playwright;
using Npgsql;
using Renexus.Browser.Tests.Shell;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Threads;

/// <summary>What somebody has begun to write follows to the other devices, and nothing of it is written over (DR4 to DR6).</summary>
[Trait("spec", "TH-2")]
public sealed class DraftsTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_draft_goes_on_from_one_device_to_the_other_also_from_one_without_a_network_and_is_gone_when_it_is_sent()
    {
        var desk = await Workspace.EnterAsync(await chromium.OpenAsync(server.Address), "Launch", "Press");
        await desk.OpenThreadAsync("Launch");
        var phone = await desk.OnAnotherDeviceAsync(await chromium.OpenAsync(server.Address));

        await Field(desk).FillAsync("Dear all,");
        await ShowsAsync(phone, "Dear all,");
        await desk.OpenThreadAsync("Press");
        await desk.SeesAsync(desk.Page.GetByRole(AriaRole.Link, new() { Name = "Launch draft" }));
        await Look.CheckEveryAsync(desk.Page, desk.Page.GetByRole(AriaRole.Link, new() { Name = "Launch draft" }), "a thread with a draft");
        await desk.OpenThreadAsync("Launch");
        await ShowsAsync(desk, "Dear all,");

        await phone.Page.Context.SetOfflineAsync(true);
        await Field(phone).FillAsync("Dear all, from the train");
        await Field(desk).FillAsync("Dear all, at the desk");
        await Eventually.TrueAsync("the desk's text is on the server", TimeSpan.FromSeconds(60), () => IsStoredAsync("Dear all, at the desk"));
        await phone.Page.Context.SetOfflineAsync(false);
        const string Both = "Dear all, at the desk\n\nDear all, from the train";
        await ShowsAsync(phone, Both);
        await ShowsAsync(desk, Both);

        await Field(phone).FocusAsync();
        await Assertions.Expect(Field(phone)).ToBeFocusedAsync();
        await phone.Page.Keyboard.PressAsync("Enter");
        await desk.ReadsAsync(Both);
        await ShowsAsync(phone, "");
        await ShowsAsync(desk, "");
        await desk.OpenThreadAsync("Press");
        await Assertions.Expect(desk.Page.GetByRole(AriaRole.Link, new() { Name = "Launch draft" })).ToHaveCountAsync(0);
    }

    private async Task<bool> IsStoredAsync(string text)
    {
        await using var command = server.Database.Login.CreateCommand("select exists (select from threads.draft where body = $1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static ILocator Field(Person person) => person.Page.GetByLabel("Message", new() { Exact = true });

    private static Task ShowsAsync(Person person, string text) => Assertions.Expect(Field(person)).ToHaveValueAsync(text);
}
