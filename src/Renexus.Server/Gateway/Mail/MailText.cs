using System.Net;
using System.Text;

namespace Renexus.Server.Gateway.Mail;

/// <summary>
/// What a mail says, once: its plain text and its HTML are both made from this. Whatever people wrote is text here and stays text there.
/// </summary>
/// <param name="To">One address.</param>
/// <param name="Paragraphs">What comes before the link.</param>
/// <param name="Notes">What comes after it.</param>
internal sealed record MailText(string To, string Subject, IReadOnlyList<string> Paragraphs, MailLink? Link = null, IReadOnlyList<string>? Notes = null)
{
    /// <summary>What somebody said.</summary>
    public string? Quote { get; init; }

    /// <summary>A list, each with a link of its own.</summary>
    public IReadOnlyList<MailItem>? Items { get; init; }

    /// <summary>How many more there are than the list shows.</summary>
    public int More { get; init; }

    /// <summary>Where whoever gets it ends such mails; mail programs show a button for it.</summary>
    public string? Unsubscribe { get; init; }

    /// <summary>
    /// The link stands alone on its line, in one piece, for people and for programs that read it. Lines end as the RFCs say: many servers refuse a mail whose lines end otherwise.
    /// </summary>
    public string AsPlainText()
    {
        var text = new StringBuilder();
        foreach (var paragraph in Paragraphs)
            text.Append(Lines(paragraph)).Append("\r\n\r\n");
        if (Quote is { } quote)
            text.Append("> ").Append(Lines(quote).Replace("\r\n", "\r\n> ", StringComparison.Ordinal)).Append("\r\n\r\n");
        foreach (var item in Items ?? [])
        {
            text.Append("* ").Append(Lines(item.Title)).Append("\r\n");
            if (item.Text is { } said)
                text.Append("  ").Append(Lines(said).Replace("\r\n", "\r\n  ", StringComparison.Ordinal)).Append("\r\n");
            text.Append("  ").Append(item.Address).Append("\r\n\r\n");
        }
        if (More > 0)
            text.Append("… and ").Append(More).Append(" more.\r\n\r\n");
        if (Link is { } link)
            text.Append(link.Label).Append(":\r\n").Append(link.Address).Append("\r\n\r\n");
        foreach (var note in Notes ?? [])
            text.Append(Lines(note)).Append("\r\n\r\n");
        if (Unsubscribe is { } way)
            text.Append("No more of these mails:\r\n").Append(way).Append("\r\n");
        return text.ToString();
    }

    /// <summary>No pictures, no scripts, nothing from elsewhere: it shows the same in every reader, and tells nobody that it was opened.</summary>
    public string AsHtml()
    {
        const string Soft = "font-size:14px;color:#5c5c66";
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"referrer\" content=\"no-referrer\"><title>")
            .Append(Encode(Subject))
            .Append("</title></head><body style=\"margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1b1b1f;background:#fff\"><div style=\"max-width:36em\">");
        foreach (var paragraph in Paragraphs)
            html.Append("<p>").Append(Encode(paragraph)).Append("</p>");
        if (Quote is { } quote)
            html.Append("<blockquote style=\"margin:16px 0;padding:2px 14px;border-left:3px solid #c9c9d3;white-space:pre-wrap\">").Append(Encode(quote)).Append("</blockquote>");
        if (Items is { } items)
        {
            html.Append("<ul style=\"padding:0;list-style:none\">");
            foreach (var item in items)
            {
                html.Append("<li style=\"margin:0 0 16px\"><a href=\"").Append(Encode(item.Address)).Append("\" style=\"color:#2b4acb\">").Append(Encode(item.Title)).Append("</a>");
                if (item.Text is { } said)
                    html.Append("<div style=\"white-space:pre-wrap;").Append(Soft).Append("\">").Append(Encode(said)).Append("</div>");
                html.Append("</li>");
            }
            html.Append("</ul>");
        }
        if (More > 0)
            html.Append("<p>… and ").Append(More).Append(" more.</p>");
        if (Link is { } link)
        {
            html.Append("<p><a href=\"").Append(Encode(link.Address))
                .Append("\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;background:#2b4acb;color:#fff;text-decoration:none\">")
                .Append(Encode(link.Label)).Append("</a></p><p style=\"").Append(Soft).Append(";word-break:break-all\">").Append(Encode(link.Address)).Append("</p>");
        }

        foreach (var note in Notes ?? [])
            html.Append("<p style=\"").Append(Soft).Append("\">").Append(Encode(note)).Append("</p>");
        if (Unsubscribe is { } way)
            html.Append("<p style=\"").Append(Soft).Append("\"><a href=\"").Append(Encode(way)).Append("\" style=\"color:#5c5c66\">No more of these mails</a></p>");
        return html.Append("</div></body></html>\r\n").ToString();
    }

    private static string Lines(string text) => text.ReplaceLineEndings("\r\n");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>What a mail asks its reader to open.</summary>
/// <param name="Label">A sentence without its full stop: <c>Open this link to join</c>.</param>
internal sealed record MailLink(string Label, string Address);

/// <summary>One of a list.</summary>
internal sealed record MailItem(string Title, string? Text, string Address);
