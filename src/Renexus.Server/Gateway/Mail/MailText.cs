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
    /// <summary>
    /// The link stands alone on its line, in one piece, for people and for programs that read it. Lines end as the RFCs say: many servers refuse a mail whose lines end otherwise.
    /// </summary>
    public string AsPlainText()
    {
        var text = new StringBuilder();
        foreach (var paragraph in Paragraphs)
            text.Append(paragraph).Append("\r\n\r\n");
        if (Link is { } link)
            text.Append(link.Label).Append(":\r\n").Append(link.Address).Append("\r\n\r\n");
        foreach (var note in Notes ?? [])
            text.Append(note).Append("\r\n\r\n");
        return text.ToString();
    }

    /// <summary>No pictures, no scripts, nothing from elsewhere: it shows the same in every reader, and tells nobody that it was opened.</summary>
    public string AsHtml()
    {
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"><title>")
            .Append(Encode(Subject))
            .Append("</title></head><body style=\"margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1b1b1f;background:#fff\"><div style=\"max-width:36em\">");
        foreach (var paragraph in Paragraphs)
            html.Append("<p>").Append(Encode(paragraph)).Append("</p>");
        if (Link is { } link)
        {
            html.Append("<p><a href=\"").Append(Encode(link.Address))
                .Append("\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;background:#2b4acb;color:#fff;text-decoration:none\">")
                .Append(Encode(link.Label)).Append("</a></p><p style=\"font-size:14px;color:#5c5c66;word-break:break-all\">").Append(Encode(link.Address)).Append("</p>");
        }

        foreach (var note in Notes ?? [])
            html.Append("<p style=\"font-size:14px;color:#5c5c66\">").Append(Encode(note)).Append("</p>");
        return html.Append("</div></body></html>\r\n").ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>What a mail asks its reader to open.</summary>
/// <param name="Label">A sentence without its full stop: <c>Open this link to join</c>.</param>
internal sealed record MailLink(string Label, string Address);
