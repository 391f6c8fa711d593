using Microsoft.Playwright;

namespace Renexus.Browser.Tests.Shell;

/// <summary>Goes through the design system and the parts of the shell in every state that people meet.</summary>
/// <param name="open">A window of somebody else.</param>
/// <param name="check">Is told what to wait for and what the screen is called.</param>
internal sealed class EveryPart(Func<Task<IPage>> open, Func<IPage, ILocator, string, Task> check)
{
    private IPage page = null!;

    public async Task ComponentsAsync()
    {
        await OpenAsync();
        await page.GotoAsync("/components");
        await ShowsAsync(page.GetByRole(AriaRole.Heading, new() { Name = "Contents" }), "components");
        await Button("Create workspace").ClickAsync();
        await ShowsAsync(page.GetByText("is already taken"), "a form that was refused");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Participants" }).FillAsync("k");
        await ShowsAsync(page.GetByRole(AriaRole.Option, new() { Name = "Katherine Johnson" }), "combobox");
        await page.Keyboard.PressAsync("Escape");
        await Button("More").ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Rename" }), "menu");
        await page.Keyboard.PressAsync("Escape");
        await Button("Filter").ClickAsync();
        await ShowsAsync(page.GetByLabel("Author"), "popover");
        await page.Keyboard.PressAsync("Escape");
        await Button("Mute").FocusAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Tooltip).First, "tooltip");
        await Button("Dialog").ClickAsync();
        await ShowsAsync(Workspace.Dialog(page, "New thread"), "dialog");
        await page.Keyboard.PressAsync("Escape");
        await Button("Dangerous question").ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Alertdialog), "dangerous question");
        await page.Keyboard.PressAsync("Escape");
        await Button("With undo").ClickAsync();
        await Button("Failure").ClickAsync();
        await ShowsAsync(page.GetByText("Thread archived"), "toasts");
    }

    public async Task ShellAsync()
    {
        await OpenAsync();
        await page.GotoAsync("/");
        await ShowsAsync(Button("Sign in"), "sign in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create an account" }).ClickAsync();
        await Button("Create account").ClickAsync();
        await ShowsAsync(page.GetByText("A password has at least 8 characters."), "sign up with errors");

        var ada = await Workspace.EnterAsync(page, "A thread with a rather long topic that fits on no line of a narrow window");
        await page.Locator("body").PressAsync("Control+k");
        await ShowsAsync(Workspace.Dialog(page, "Find anything"), "command menu");
        await Workspace.InDialogAsync(page, "Find anything");
        await page.Keyboard.TypeAsync("nothing of that name");
        await ShowsAsync(page.GetByText("Search for “nothing of that name”"), "command menu that leads to the search");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("body").PressAsync("Control+/");
        await ShowsAsync(Workspace.Dialog(page, "Keys"), "sheet of keys");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("body").PressAsync("Control+.");
        await ShowsAsync(page.GetByRole(AriaRole.Complementary, new() { Name = "Details" }), "panel");
        await page.Locator("body").PressAsync("Control+.");

        await page.GetByRole(AriaRole.Link, new() { Name = "People" }).First.ClickAsync();
        await ShowsAsync(page.GetByText(ada.Email), "people");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Account") }).First.ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }), "account menu");
        await page.GotoAsync("/nowhere");
        await ShowsAsync(page.GetByText("There is nothing at this address"), "not found");
    }

    private async Task OpenAsync()
    {
        page = await open();
        page.SetDefaultTimeout(30_000);
    }

    private ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private Task ShowsAsync(ILocator shown, string screen) => check(page, shown.Filter(new() { Visible = true }), screen);
}
