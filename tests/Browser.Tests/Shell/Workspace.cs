using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Shell;

/// <summary>Somebody with a workspace and threads in it, in front of its first screen.</summary>
internal static class Workspace
{
    public static async Task<Person> EnterAsync(IPage page, params string[] threads)
    {
        var ada = await Person.SignUpAsync(page, "Ada Lovelace");
        await ada.CreateWorkspaceAsync("Analytical Engines");
        foreach (var thread in threads)
        {
            await ada.StartThreadAsync(thread);
            await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
            // The new thread takes the focus; a key pressed before it has would go elsewhere.
            await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true })).ToBeFocusedAsync();
        }
        return ada;
    }

    /// <summary>Waits until a dialog has the focus, so that what is typed next goes into it.</summary>
    public static async Task<ILocator> InDialogAsync(IPage page, string name)
    {
        var dialog = Dialog(page, name);
        await dialog.Locator(":focus").WaitForAsync();
        return dialog;
    }

    public static ILocator Dialog(IPage page, string name) => page.GetByRole(AriaRole.Dialog, new() { Name = name });
}
