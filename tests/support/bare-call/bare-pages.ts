/** Runs in the page that waits for a click, in both browsers: at the click both open the page of a call. Must stand alone. */
export function bareWait(): void {
  const socket = new WebSocket(location.href.replace("http", "ws"));
  // With its opener the new page shares this one's process, as the pages of an extension share theirs.
  const begin = (call: string) => window.open(location.href.replace("wait", `call/${call}`));
  socket.onmessage = ({ data }: MessageEvent<string>) => begin(data);
  const button = document.createElement("button");
  button.textContent = "Call";
  button.onclick = () => {
    const call = crypto.randomUUID();
    socket.send(call);
    begin(call);
  };
  document.body.append(button);
}

/**
 * Runs in the page of a call: asks for the camera, opens the socket and connects, all at once; who clicked offers.
 * Must stand alone.
 */
export function bareCall(): void {
  const socket = new WebSocket(location.href.replace("http", "ws"));
  const isOpen = new Promise((resolve) => (socket.onopen = resolve));
  const pc = new RTCPeerConnection();
  const send = (message: object) => void isOpen.then(() => socket.send(JSON.stringify(message)));
  const show = (stream: MediaStream, isTheirs: boolean) => {
    const video = document.createElement("video");
    Object.assign(video, { autoplay: true, muted: !isTheirs, playsInline: true, srcObject: stream });
    video.className = isTheirs ? "theirs" : "own";
    document.body.append(video);
  };
  const describe = async () => {
    await pc.setLocalDescription();
    send({ type: pc.localDescription?.type, sdp: pc.localDescription?.sdp });
  };
  const camera = navigator.mediaDevices
    .getUserMedia({
      video: { width: { ideal: 1280 }, height: { ideal: 720 } },
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
    .then((stream) => {
      show(stream, false);
      for (const track of stream.getTracks()) pc.addTrack(track, stream);
    });
  pc.onicecandidate = ({ candidate }) => {
    if (candidate !== null) send({ type: "candidate", candidate });
  };
  pc.ontrack = ({ track, streams: [stream] }) => {
    if (track.kind === "video" && stream !== undefined) show(stream, true);
  };
  // A candidate may come before the description that it belongs to.
  const isDescribed = Promise.withResolvers<true>();
  const take = async (message: { type: "offer" | "answer" | "candidate"; sdp: string; candidate: RTCIceCandidate }) => {
    if (message.type === "candidate") {
      await isDescribed.promise;
      await pc.addIceCandidate(message.candidate);
      return;
    }
    await camera;
    await pc.setRemoteDescription({ type: message.type, sdp: message.sdp });
    isDescribed.resolve(true);
    if (message.type === "offer") await describe();
  };
  socket.onmessage = ({ data }: MessageEvent<string>) => void take(JSON.parse(data) as Parameters<typeof take>[0]);
  if (location.pathname.endsWith("callee")) void camera.then(describe);
}
