using Microsoft.Playwright;
using Renexus.Browser.Tests.Shell;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Offline;

/// <summary>The tabs of one browser are one client to the server.</summary>
[Trait("spec", "RT-6")]
public sealed class TabsTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    [Trait("spec", "AU-3")]
    public async Task Five_tabs_use_one_socket_and_one_renewal_and_go_on_when_the_leading_one_is_closed()
    {
        var page = await chromium.OpenAsync(server.Address);
        var ada = await Workspace.EnterAsync(page, "Launch");
        await ada.OpenThreadAsync("Launch");
        await ada.SeesAsync("Connected");
        var tabs = new List<Person> { ada };
        for (var i = 1; i < 5; i++)
        {
            var tab = new Person(await page.Context.NewPageAsync(), ada.Name);
            await tab.Page.GotoAsync(page.Url);
            await tab.SeesAsync("Connected");
            tabs.Add(tab);
        }
        Assert.Equal((1, 0), await CountAsync(ada));

        await tabs[3].SayAsync("from the fourth tab");
        foreach (var tab in tabs)
            await tab.ReadsAsync("from the fourth tab");
        Assert.Equal((1, 0), await CountAsync(ada));

        // The first one leads. What is written while it goes arrives once.
        await page.CloseAsync();
        await tabs[1].SayAsync("after the first is gone");
        foreach (var tab in tabs.Skip(1))
        {
            await tab.ReadsAsync("from the fourth tab", "after the first is gone");
            await tab.SeesAsync("Connected");
        }
        Assert.Equal((1, 0), await CountAsync(ada));
    }

    [Fact]
    public async Task A_leading_tab_that_answers_no_more_is_replaced_and_what_was_said_meanwhile_arrives_once()
    {
        var page = await chromium.OpenAsync(server.Address);
        var ada = await Workspace.EnterAsync(page, "Frozen");
        await ada.OpenThreadAsync("Frozen");
        await ada.SeesAsync("Connected");
        var second = new Person(await page.Context.NewPageAsync(), ada.Name);
        await second.Page.GotoAsync(page.Url);
        await second.SeesAsync("Connected");

        // Its scripts stand still, as those of a tab that the system put to sleep.
        var freezer = await page.Context.NewCDPSessionAsync(page);
        await freezer.SendAsync("Debugger.enable");
        await freezer.SendAsync("Debugger.pause");
        var standing = page.EvaluateAsync("0");
        await second.SayAsync("said to a sleeper");
        await second.ReadsAsync("said to a sleeper");
        await Assertions.Expect(second.Page.GetByText("Waiting to be sent")).ToHaveCountAsync(0);
        await freezer.SendAsync("Debugger.resume");
        await freezer.SendAsync("Debugger.disable");
        await standing;
        await ada.ReadsAsync("said to a sleeper");
        await ada.SeesAsync("Connected");
    }

    /// <summary>The open connections of this person, and how often the sign-in was renewed, as the server knows it.</summary>
    private async Task<(long Connections, long Renewals)> CountAsync(Person person)
    {
        await using var command = server.Database.Login.CreateCommand("""
            select (select count(*) from engine.session s where s.user_id = u.id and s.node_id is not null),
                   (select count(*) from accounts.refresh_token t where t.user_id = u.id and t.used_at is not null)
            from accounts.user_account u where u.email = $1
            """);
        command.Parameters.AddWithValue(person.Email);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
