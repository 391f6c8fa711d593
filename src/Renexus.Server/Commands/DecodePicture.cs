using System.CommandLine;
using Renexus.Server.Features.Files.Pictures;
using Renexus.Server.Gateway;

namespace Renexus.Server.Commands;

/// <summary>What the server runs beside itself for each picture that somebody uploaded; nothing for people to type. It reads no configuration.</summary>
internal static class DecodePicture
{
    public static Command Create()
    {
        var source = new Argument<string>("source");
        var type = new Argument<string>("type");
        var folder = new Argument<string>("folder");
        var pixels = new Argument<long>("pixels");
        var memory = new Argument<long>("memory");
        var seconds = new Argument<int>("seconds");
        var command = new Command(PictureProcess.Command, "Make smaller pictures of one") { source, type, folder, pixels, memory, seconds };
        command.Hidden = true;
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(source), parsed.GetRequiredValue(type), parsed.GetRequiredValue(folder),
            PictureLimits.Usual with
            {
                Pixels = parsed.GetRequiredValue(pixels),
                MemoryBytes = parsed.GetRequiredValue(memory),
                ProcessorSeconds = parsed.GetRequiredValue(seconds),
            }));
        return command;
    }

    private static int Run(string source, string type, string folder, PictureLimits limits)
    {
        try
        {
            limits.Apply();
            var decoded = PictureDecoder.Run(source, type, folder, limits);
            using var output = Console.OpenStandardOutput();
            output.Write(Json.Utf8(decoded));
            return 0;
        }
        catch (PictureRefusedException e)
        {
            return Say(PictureProcess.Refused, e.Message);
        }
        catch (Exception e) when (e is PicturesUnavailableException or TypeInitializationException or DllNotFoundException)
        {
            return Say(PictureProcess.Unavailable, e.Message);
        }
    }

    private static int Say(int code, string sentence)
    {
        Console.Error.WriteLine(sentence);
        return code;
    }
}
