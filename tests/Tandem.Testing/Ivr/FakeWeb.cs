using System.Text;
using Tandem.Calls.Ivr;

namespace Tandem.Testing.Ivr;

/// <summary>A web service that a test plays.</summary>
public sealed class FakeWeb : IIvrWeb
{
    private TaskCompletionSource<IvrWebAnswer>? _waiting;

    /// <summary>What was asked.</summary>
    public List<IvrWebRequest> Asked { get; } = [];

    /// <summary>Makes the answer at once; null lets requests wait for <see cref="Answer"/>.</summary>
    public Func<IvrWebRequest, IvrWebAnswer>? Now { get; set; }

    public Task<IvrWebAnswer> AskAsync(IvrWebRequest request)
    {
        Asked.Add(request);
        if (Now is { } now)
            return Task.FromResult(now(request));

        _waiting = new TaskCompletionSource<IvrWebAnswer>();
        return _waiting.Task;
    }

    /// <summary>Answers the request that waits.</summary>
    public void Answer(string json, int status = 200) => _waiting!.SetResult(Json(json, status));

    /// <summary>An answer.</summary>
    public static IvrWebAnswer Json(string json, int status = 200) => new(status, Encoding.UTF8.GetBytes(json));
}
