using Microsoft.Extensions.Logging.Console;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Logging;

/// <summary>Logs go to the console and nowhere else; how they look depends on who reads them. Levels are in appsettings by environment.</summary>
internal static class LoggingServices
{
    public static void AddGatewayLogging(this WebApplicationBuilder builder, RenexusOptions options)
    {
        builder.Services.AddSingleton<Redaction>();
        builder.Logging.ClearProviders();
        builder.Logging.Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Logging.AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        builder.Logging.AddConsoleFormatter<TextLogFormatter, ConsoleFormatterOptions>();
        builder.Logging.AddConsole(console => console.FormatterName =
            IsForPeople(options.Logging.Format, builder.Environment) ? TextLogFormatter.FormatterName : JsonLogFormatter.FormatterName);
    }

    private static bool IsForPeople(string format, IHostEnvironment environment) => format switch
    {
        "text" => true,
        "json" => false,
        _ => !environment.IsProduction() || !Console.IsOutputRedirected,
    };
}
