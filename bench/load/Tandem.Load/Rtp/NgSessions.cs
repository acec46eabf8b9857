using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Load;

/// <summary>Sessions at rtpengine by its ng protocol: a cookie and a bencoded dictionary in a datagram.</summary>
internal sealed class NgSessions : ISessionMaker
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<int> _calls = [];
    private readonly string _toCallee;
    private int _cookie;

    /// <param name="port">Of the ng protocol.</param>
    /// <param name="toCallee">The transport that rtpengine offers the callee.</param>
    public NgSessions(int port, string toCallee = "RTP/AVP")
    {
        _toCallee = toCallee;
        _socket.Connect(IPAddress.Loopback, port);
        _socket.ReceiveTimeout = 3000;
    }

    public (string ToCaller, string ToCallee) Make(int call, string offer, Func<string, string> answer)
    {
        var id = $"load{Environment.ProcessId}-{call}";
        var offered = Ask(("command", "offer"), ("call-id", id), ("from-tag", "a"), ("transport-protocol", _toCallee), ("sdp", offer));
        var answered = Ask(("command", "answer"), ("call-id", id), ("from-tag", "a"), ("to-tag", "b"), ("sdp", answer(offered)));
        _calls.Add(call);
        return (answered, offered);
    }

    public void End()
    {
        foreach (var call in _calls)
            Ask(("command", "delete"), ("call-id", $"load{Environment.ProcessId}-{call}"), ("from-tag", "a"));
    }

    public void Dispose() => _socket.Dispose();

    private string Ask(params (string Key, string Value)[] fields)
    {
        var text = new StringBuilder($"{Environment.ProcessId}_{++_cookie} d");
        foreach (var (key, value) in fields)
            text.Append($"{key.Length}:{key}{value.Length}:{value}");
        _socket.Send(Encoding.ASCII.GetBytes(text.Append('e').ToString()));
        var buffer = new byte[8192];
        try
        {
            var answer = Encoding.ASCII.GetString(buffer, 0, _socket.Receive(buffer));
            return answer.Contains("6:result2:ok") ? answer : throw new InvalidDataException($"rtpengine answered: {answer}");
        }
        catch (SocketException)
        {
            throw new TimeoutException("rtpengine does not answer");
        }
    }
}
