using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Operations;

/// <summary>Queues and jobs in front of an operator, by keyboard alone.</summary>
[Trait("spec", "JB-5")]
public sealed class QueueScreenTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_sees_how_queues_stand_pauses_one_and_deals_with_dead_jobs()
    {
        var person = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Grace Hopper");
        var (page, grace) = (person.Page, AtKeyboard.Of(person.Page));
        async Task Press(ILocator button)
        {
            await grace.ReachAsync(button);
            await page.Keyboard.PressAsync("Enter");
        }

        await PromoteAsync(person);
        await page.GotoAsync("/settings/profile");
        await grace.FollowAsync("Queues and jobs");
        var queues = page.GetByRole(AriaRole.Region, new() { Name = "Queues", Exact = true });
        await grace.SeesAsync(queues.GetByRole(AriaRole.Row, new() { Name = "email" }));
        await grace.SeesAsync(page.GetByRole(AriaRole.Region, new() { Name = "Recurring jobs" }).GetByText("database.maintain"));
        await grace.SeesAsync("No job was given up.");

        await grace.PressAsync("Pause email");
        await grace.SeesAsync(queues.GetByRole(AriaRole.Row, new() { Name = "email" }).GetByText("Paused"));
        await grace.PressAsync("Resume email");
        await Assertions.Expect(queues.GetByText("Paused")).ToHaveCountAsync(0);

        // The list follows by itself. Nobody works on their queue, so the retried one waits.
        await PutDeadAsync(2);
        var dead = page.GetByRole(AriaRole.Region, new() { Name = "Jobs: dead" });
        await grace.SeesAsync(dead.GetByText("The mail server said no."));
        await Look.CheckEveryAsync(page, dead.GetByText("The mail server said no."), "queues and jobs");
        await Press(dead.GetByRole(AriaRole.Button, new() { Name = "test.mail", Exact = true }).First);
        var details = page.GetByRole(AriaRole.Dialog);
        await grace.SeesAsync(details.GetByText("\"number\": 1"));
        await Look.CheckEveryAsync(page, details, "a job");
        await page.Keyboard.PressAsync("Escape");

        await Press(dead.GetByRole(AriaRole.Button, new() { Name = "Retry test.mail" }).First);
        await Assertions.Expect(dead.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Press(dead.GetByRole(AriaRole.Button, new() { Name = "Discard test.mail" }));
        await grace.SeesAsync("No job was given up.");
        await grace.ReachAsync(page.GetByRole(AriaRole.Tab, new() { Name = "Dead" }));
        foreach (var next in new[] { "Running", "Ready" })
        {
            await page.Keyboard.PressAsync("ArrowRight");
            await Assertions.Expect(page.GetByRole(AriaRole.Tab, new() { Name = next, Selected = true })).ToBeFocusedAsync();
        }
        await Press(page.GetByRole(AriaRole.Region, new() { Name = "Jobs: ready" }).GetByRole(AriaRole.Button, new() { Name = "Cancel test.mail" }));
        await grace.SeesAsync("No job waits.");
    }

    [Fact]
    public async Task Whoever_does_not_run_the_installation_finds_no_such_page()
    {
        await server.SignedInAs("somebody");
        var other = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Bob Babbage");
        await other.Page.GotoAsync("/settings/queues");
        await other.SeesAsync(other.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }));
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Link, new() { Name = "Queues and jobs" })).ToHaveCountAsync(0);
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Region, new() { Name = "Queues", Exact = true })).ToHaveCountAsync(0);
    }

    private async Task PromoteAsync(Person person)
    {
        await using var command = server.Database.Login.CreateCommand("update accounts.user_account set is_operator = true where email = $1");
        command.Parameters.AddWithValue(person.Email);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private async Task PutDeadAsync(int count)
    {
        await using var command = server.Database.Login.CreateCommand("""
            insert into jobs.dead (died_at, error, enqueued_at, id, priority, attempt, max_attempts, queue, kind, payload)
            select now(), 'The mail server said no.', now(), gen_random_uuid(), 5, 10, 10, 'nobody', 'test.mail', '{"number":1}' from generate_series(1, $1)
            """);
        command.Parameters.AddWithValue(count);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
