using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Media.Playback.Prompts;
using Tandem.Server.Http;
using Tandem.Server.Options;

namespace Tandem.Server.Rest;

/// <summary>Uploads and downloads of sound files, which are bodies of bytes and not JSON.</summary>
internal static class SoundBodies
{
    private const string Wav = "audio/wav";
    private const string Ogg = "audio/ogg";

    /// <summary>
    /// Lets this request have a body as large as an upload may be, whatever other routes allow; an answer when it says that it has more. What says nothing is counted while it is read.
    /// </summary>
    public static JsonHttpResult<Failure>? Refuse(HttpContext context)
    {
        var most = context.Service<TandemOptions>().Playback.MaxUploadBytes;
        if (context.Request.ContentLength > most)
            return ApiAnswer.Fail(413, "TOO_LARGE", $"the file has more than {most} bytes");

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = most;
        return null;
    }

    /// <summary>The answer to an upload.</summary>
    public static Results<Ok<Envelope<T>>, Created<Envelope<T>>, JsonHttpResult<Failure>> Answer<T>(SaveResult saved, string location, Func<StoredSound, T> shape) => saved.Error switch
    {
        SaveError.None when saved.Sound is { } sound => saved.IsNew
            ? TypedResults.Created(location, new Envelope<T>(true, shape(sound)))
            : ApiAnswer.Data(shape(sound)),
        SaveError.None => ApiAnswer.Fail(409, "CONFLICT", "The sound was replaced or removed meanwhile"),
        SaveError.BadName => ApiAnswer.Fail(400, "BAD_NAME", saved.Text),
        SaveError.BadContent => ApiAnswer.Fail(415, "BAD_SOUND", saved.Text),
        SaveError.TooLarge => ApiAnswer.Fail(413, "TOO_LARGE", saved.Text),
        SaveError.Full => ApiAnswer.Fail(409, "FULL", saved.Text),
        _ => ApiAnswer.Fail(503, "STORAGE", saved.Text),
    };

    /// <summary>The file itself, with ranges; the type is that of its content.</summary>
    public static PhysicalFileHttpResult File(string path, StoredSound sound) =>
        TypedResults.PhysicalFile(path, sound.Kind.StartsWith("Ogg", StringComparison.Ordinal) ? Ogg : Wav, lastModified: sound.ModifiedAt, enableRangeProcessing: true);
}
