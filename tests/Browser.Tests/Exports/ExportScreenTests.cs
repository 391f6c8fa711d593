using System.IO.Compression;
using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Exports;

/// <summary>Taking a workspace along as a file, by keyboard alone.</summary>
[Trait("spec", "WH-3")]
public sealed class ExportScreenTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_owner_has_an_archive_made_cancels_one_downloads_one_and_removes_it()
    {
        var person = await Person.SignUpAsync(await chromium.OpenAsync(server.Address), "Grace Hopper");
        var (page, grace) = (person.Page, AtKeyboard.Of(person.Page));
        await person.CreateWorkspaceAsync("Analytical Engines");
        await page.GotoAsync($"{new Uri(page.Url).AbsolutePath.TrimEnd('/')}/members");
        await grace.FollowAsync("Export");
        await Look.CheckEveryAsync(page, page.GetByText("No archive yet"), "no archive yet");

        // It waits while nobody works on files, and is cancelled.
        await ExecuteAsync("select jobs.pause('files', true, null, now())");
        await grace.PressAsync("Make an archive");
        await Look.CheckEveryAsync(page, page.GetByRole(AriaRole.Progressbar, new() { Name = "Waiting for its turn" }), "an archive in the making");
        await grace.PressAsync("Cancel");
        await grace.SeesAsync("No archive yet");

        // Another one is made, and comes as a file.
        await grace.PressAsync("Make an archive");
        await grace.SeesAsync("Waiting for its turn");
        await ExecuteAsync("select jobs.pause('files', false, null, now())");
        await Assertions.Expect(page.GetByText("Ready", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Look.CheckEveryAsync(page, page.GetByText("asked for by Grace Hopper"), "an archive that is ready");
        await grace.ReachAsync(page.GetByRole(AriaRole.Button, new() { Name = "Download", Exact = true }));
        var download = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        await using (var file = File.OpenRead(await download.PathAsync()))
        {
            using var archive = new ZipArchive(file);
            Assert.Contains("messages.jsonl", archive.Entries.Select(entry => entry.Name));
        }

        await grace.PressAsync("Remove this archive");
        await grace.PressAsync("Remove archive");
        await grace.SeesAsync("No archive yet");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = server.Database.Login.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
