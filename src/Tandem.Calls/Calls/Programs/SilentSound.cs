using Tandem.Calls.Ports;
using Tandem.Calls.Recording;

namespace Tandem.Calls.Calls.Programs;

/// <summary>The sound of a call whose session is closed.</summary>
internal sealed class SilentSound : IMediaSound
{
    public static readonly SilentSound Instance = new();

    public bool CanRecord => false;

    public int Play(CallSide side, Prompt prompt, string language, bool isLoop) => 0;

    public void StopPlay(int play)
    {
    }

    public void ReportSpeech(CallSide side, bool on)
    {
    }

    public void Echo(CallSide side, bool on)
    {
    }

    public void SendDtmf(CallSide side, string digits, int milliseconds)
    {
    }

    public void Press(CallSide side, char digit, int milliseconds)
    {
    }

    public bool TakesEvents(CallSide side) => false;

    public IMediaRecording? Record(RecordingOrder order, Action<string, string> ended, out string problem)
    {
        problem = "the session is closed";
        return null;
    }
}
