import { isOfCall, setGallery, tryScreens } from "../support/gallery/try-screens.ts";

tryScreens(setGallery(), isOfCall);
